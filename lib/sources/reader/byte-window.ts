import { BYTE, isSpace } from './json-scanner'

/**
 * The part of a byte stream that is still needed, in one buffer. Positions given out and taken are those of the
 * stream; `base` is the stream position of `bytes[0]`.
 */
export class ByteWindow {
  bytes: Buffer
  base = 0
  private filled = 0

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity)
  }

  /** Stream position after the last byte received. */
  get end(): number {
    return this.base + this.filled
  }

  /** Adds bytes and may forget everything before `keepFrom`. */
  append(piece: Uint8Array, keepFrom: number): void {
    if (this.filled + piece.length > this.bytes.length) this.makeRoom(piece.length, keepFrom)
    this.bytes.set(piece, this.filled)
    this.filled += piece.length
  }

  slice(from: number, to: number): Buffer {
    return this.bytes.subarray(from - this.base, to - this.base)
  }

  /** The byte at a stream position, undefined outside the window. */
  at(position: number): number | undefined {
    return position < this.end ? this.bytes[position - this.base] : undefined
  }

  /** Stream position of the first such byte at or after `from`; -1 if there is none yet. */
  indexOf(byte: number, from: number): number {
    const index = this.bytes.subarray(0, this.filled).indexOf(byte, Math.max(from - this.base, 0))
    return index < 0 ? -1 : this.base + index
  }

  /** The end of the line at `from`, without trailing space; -1 if the line continues. Its first byte is no space. */
  lineEnd(from: number): number {
    let end = this.indexOf(BYTE.newline, from)
    while (end > 0 && isSpace(this.at(end - 1))) end--
    return end
  }

  private makeRoom(needed: number, keepFrom: number): void {
    const first = Math.min(Math.max(keepFrom - this.base, 0), this.filled)
    const kept = this.filled - first
    // Doubling keeps the copying of one long element linear in its length.
    const target = kept + needed > this.bytes.length ? Buffer.allocUnsafe((kept + needed) * 2) : this.bytes
    this.bytes.copy(target, 0, first, this.filled)
    this.bytes = target
    this.base += first
    this.filled = kept
  }
}
