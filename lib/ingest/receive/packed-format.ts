type PackedFormat = 'gzip' | 'zip' | 'tar' | 'bzip2' | 'xz' | '7z' | 'RAR' | 'zstd'

/** First bytes of each format: https://www.garykessler.net/library/file_sigs.html */
const SIGNATURES: readonly (readonly [format: PackedFormat, mark: readonly number[], at?: number])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  // An empty archive.
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['RAR', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  // "ustar" of POSIX and of GNU.
  ['tar', [0x75, 0x73, 0x74, 0x61, 0x72], 257],
]

/** The compression or archive format of a file, by its first 512 bytes; null for none. */
export function packedFormatOf(head: Uint8Array): PackedFormat | null {
  const found = SIGNATURES.find(([, mark, at = 0]) => mark.every((byte, index) => head[at + index] === byte))
  return found?.[0] ?? null
}
