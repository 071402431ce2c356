#!/usr/bin/python3
"""A real mail server and a real web server on ports of their own, for tests.

Usage: outlets.py KEY

Prints one JSON object a line: first {"mail": PORT, "hook": PORT}, then every mail
that was accepted and every POST that came, as they come.  Mail to an address that
begins with "refused" is refused with 550; a POST to a path that begins with "/fail"
is answered 500.  KEY is the hook's secret: a POST is told as "signed" if its
signature is right, computed by Python's own hmac.  Ends when its input is closed.
"""
import asyncio
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import sys
import threading

from aiosmtpd.smtp import SMTP

KEY = sys.argv[1].encode()
TELLING = threading.Lock()


def tell(event):
    with TELLING:
        print(json.dumps(event, ensure_ascii=False), flush=True)


class Mails:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        tell({"kind": "mail", "from": envelope.mail_from, "to": envelope.rcpt_tos,
              "headers": sorted(name.lower() for name in mail.keys()),
              "id": mail["message-id"], "subject": str(mail["subject"]),
              "longest": max(len(line) for line in envelope.content.split(b"\r\n")),
              "text": mail.get_content()})
        return "250 kept"


class Hooks(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = self.headers["X-Shenfa-Time"].encode() + b"." + body
        wanted = "sm3=" + hmac.new(KEY, signed, lambda: hashlib.new("sm3")).hexdigest()
        tell({"kind": "hook", "path": self.path,
              "signed": self.headers["X-Shenfa-Signature"] == wanted,
              "body": json.loads(body)})
        self.send_response(500 if self.path.startswith("/fail") else 204)
        self.end_headers()

    def log_message(self, format, *arguments):
        pass


async def main():
    loop = asyncio.get_running_loop()
    mails = await loop.create_server(lambda: SMTP(Mails()), "127.0.0.1", 0)
    hooks = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
    threading.Thread(target=hooks.serve_forever, daemon=True).start()
    tell({"mail": mails.sockets[0].getsockname()[1], "hook": hooks.server_port})
    await loop.run_in_executor(None, sys.stdin.read)
    mails.close()
    hooks.shutdown()


asyncio.run(main())
