/** Reads an HTML file in the charset that it is written in. */

const DECLARED = /<meta[^>]*?charset\s*=\s*["']?\s*([\w:.-]+)/i;

/** The text of a file: by its byte order mark, as UTF-8, or in the charset that it declares. Old files without one are of Windows. */
export function decodeHtml(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const head = new TextDecoder("windows-1252").decode(bytes.subarray(0, 4096));
    return decoderOf(DECLARED.exec(head)?.[1]).decode(bytes);
  }
}

function decoderOf(declared = "windows-1252"): TextDecoder {
  try {
    return new TextDecoder(declared);
  } catch {
    return new TextDecoder("windows-1252");
  }
}
