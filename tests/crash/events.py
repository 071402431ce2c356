"""What the kernel tells, for tests that must wait for another process and not sleep: its
end (pidfd), a change below a directory (inotify), a word in shared memory (futex).

Every wait has a limit, and none of them looks again and again.
"""
import ctypes
import os
import pathlib
import platform
import select
import struct
import time

LIBC = ctypes.CDLL(None, use_errno=True)
FUTEX = {"x86_64": 202, "aarch64": 98, "riscv64": 98, "loongarch64": 98}[platform.machine()]
FUTEX_WAIT = 0
EAGAIN, EINTR, ETIMEDOUT = 11, 4, 110
# modify, attrib, close after writing, moved from and to, create, delete
CHANGES = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200
ISDIR = 0x40000000
EVENT = struct.Struct("iIII")


class Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


def word_changed(block, offset, seen, seconds):
    """False if the 32-bit word in the shared mapping still is *seen* after *seconds*."""
    word = ctypes.c_uint32.from_buffer(block, offset)
    try:
        most = Time(int(seconds), int(seconds % 1 * 1e9))
        done = LIBC.syscall(FUTEX, ctypes.byref(word), FUTEX_WAIT, ctypes.c_uint32(seen),
                            ctypes.byref(most), None, 0)
        return done == 0 or ctypes.get_errno() != ETIMEDOUT
    finally:
        del word # the mapping can be closed again


def ended(process, seconds):
    """True once a child (subprocess.Popen) has ended; it is then reaped."""
    if process.poll() is not None:
        return True
    handle = os.pidfd_open(process.pid)
    try:
        if not select.select([handle], [], [], seconds)[0]:
            return False
    finally:
        os.close(handle)
    process.wait()
    return True


class Group:
    """All processes of a group, so that their end can be awaited when they are killed."""

    def __init__(self, leader):
        self.handles = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                facts = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                if int(facts[2]) == leader:
                    self.handles.append(os.pidfd_open(int(entry.name)))
            except (OSError, IndexError):
                pass # it went meanwhile

    def await_end(self, seconds):
        """False if one of them still lives after *seconds*."""
        end = time.monotonic() + seconds
        left = list(self.handles)
        while left:
            done = select.select(left, [], [], max(0, end - time.monotonic()))[0]
            if not done:
                break
            left = [handle for handle in left if handle not in done]
        for handle in self.handles:
            os.close(handle)
        self.handles = []
        return not left


class Tree:
    """A directory and all below it, as they change from now on."""

    def __init__(self, root):
        self.handle = LIBC.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        self.names = {}
        self.watch(pathlib.Path(root))

    def watch(self, folder):
        for place, _, _ in os.walk(folder):
            number = LIBC.inotify_add_watch(self.handle, os.fsencode(place), CHANGES)
            if number >= 0:
                self.names[number] = pathlib.Path(place)

    def changed(self, seconds):
        """False if nothing changed for *seconds*; what changed is forgotten."""
        if not select.select([self.handle], [], [], max(0, seconds))[0]:
            return False
        while True:
            try:
                told = os.read(self.handle, 65536)
            except BlockingIOError:
                return True
            at = 0
            while at < len(told):
                number, mask, _, length = EVENT.unpack_from(told, at)
                name = told[at + EVENT.size:at + EVENT.size + length].rstrip(b"\0")
                if mask & ISDIR and number in self.names:
                    self.watch(self.names[number] / os.fsdecode(name))
                at += EVENT.size + length

    def close(self):
        os.close(self.handle)
