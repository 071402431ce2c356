/* A zip archive without compression, enough for a .docx made by a test. */
import * as zlib from 'node:zlib';

function crcOf(bytes) {
  if (zlib.crc32) {
    return zlib.crc32(bytes);
  }
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}

function header(signature, rest) {
  const bytes = Buffer.alloc(4 + rest.reduce((sum, [size]) => sum + size, 0));
  bytes.writeUInt32LE(signature, 0);
  rest.reduce((at, [size, value]) => {
    bytes.writeUIntLE(value, at, size);
    return at + size;
  }, 4);
  return bytes;
}

/* *files*: name to text or bytes. */
export function zip(files) {
  const parts = [];
  const entries = [];
  let at = 0;
  for (const [name, given] of Object.entries(files)) {
    const bytes = Buffer.from(given);
    const title = Buffer.from(name);
    const common = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, crcOf(bytes)],
      [4, bytes.length], [4, bytes.length], [2, title.length], [2, 0]];
    const head = header(0x04034b50, common);
    parts.push(head, title, bytes);
    entries.push(header(0x02014b50, [[2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]),
      title);
    at += head.length + title.length + bytes.length;
  }
  const listing = Buffer.concat(entries);
  const count = Object.keys(files).length;
  return Buffer.concat([...parts, listing, header(0x06054b50, [[2, 0], [2, 0], [2, count],
    [2, count], [4, listing.length], [4, at], [2, 0]])]);
}
