// What sql.js looks for in a browser when it starts.
var module, exports;
var console = { log() {}, warn() {}, error() {} };
var self = { location: { href: "" } };
var window = self;

class TextDecoder {
  decode(bytes) {
    const parts = [];
    for (let i = 0; i < bytes.length; ) {
      const first = bytes[i++];
      const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
      let code = more === 0 ? first : first & (0x3f >> more);
      let whole = first < 0x80 || (first >= 0xc2 && first < 0xf5);
      for (let n = 0; n < more && whole; n++) {
        whole = i < bytes.length && (bytes[i] & 0xc0) === 0x80;
        if (whole) code = (code << 6) | (bytes[i++] & 0x3f);
      }
      parts.push(String.fromCodePoint(whole && code <= 0x10ffff ? code : 0xfffd));
    }
    return parts.join("");
  }
}
