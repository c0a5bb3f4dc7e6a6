import { AppError } from '../../errors'
import type { AttachmentType } from './attachment'

/** What the first bytes of a file have to be: https://www.iana.org/assignments/media-types */
const MAGIC: Readonly<Record<'pdf' | 'png' | 'xlsx', Buffer>> = {
  pdf: Buffer.from('%PDF-'),
  png: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  xlsx: Buffer.from('PK\x03\x04', 'latin1'),
}
/** The first chunk of a PNG: https://www.w3.org/TR/png-3/#11IHDR */
const IHDR = Buffer.from([0, 0, 0, 0x0d, ...Buffer.from('IHDR')])
/** Its last one, with the checksum. */
const IEND = Buffer.from([0, 0, 0, 0, ...Buffer.from('IEND'), 0xae, 0x42, 0x60, 0x82])
/** A PDF ends with this mark, in its last 1,024 bytes for readers of the time: ISO 32000-1, 7.5.5. */
const EOF = '%%EOF'
const HEAD = 16
const TAIL = 1024
/** Beginnings of files that are no text, however they are named. */
const BINARY = [
  ...Object.values(MAGIC),
  Buffer.from('PK\x05\x06', 'latin1'),
  Buffer.from('\x7fELF'),
  Buffer.from('GIF8'),
]
/** Controls that text does not contain; tab, line and page breaks, the end mark of DOS and terminal colours may occur. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const CONTROLS = /[\u0000-\u0008\u000e-\u0019\u001c-\u001f]/

/** Checks the contents of a file while they arrive. Throws `conflict` as soon as they cannot be of the type. */
export class ContentCheck {
  #head = Buffer.alloc(0)
  #tail = Buffer.alloc(0)
  #isHeadChecked = false
  #encodings: Encoding[] = []

  constructor(
    readonly type: AttachmentType,
    readonly name: string,
  ) {}

  push(bytes: Uint8Array): void {
    if (this.#isHeadChecked) this.#pushText(bytes)
    else {
      this.#head = Buffer.concat([this.#head, bytes])
      if (this.#head.length >= HEAD) this.#checkHead()
    }
    const end = bytes.length >= TAIL ? bytes.subarray(bytes.length - TAIL) : bytes
    this.#tail = Buffer.concat([this.#tail, end]).subarray(-TAIL)
  }

  /** To be called after the last bytes. */
  end(): void {
    if (!this.#isHeadChecked) this.#checkHead()
    if (this.type === 'pdf' && !this.#tail.includes(EOF)) this.#refuse()
    if (this.type === 'png' && !this.#tail.subarray(-IEND.length).equals(IEND)) this.#refuse()
    if (this.#isText && !this.#encodings.some(encoding => encoding.end())) this.#refuse('attachmentEncoding')
  }

  get #isText(): boolean {
    return this.type === 'csv' || this.type === 'text'
  }

  #checkHead(): void {
    this.#isHeadChecked = true
    const head = this.#head
    this.#head = Buffer.alloc(0)
    if (this.type === 'csv' || this.type === 'text') {
      if (BINARY.some(magic => head.subarray(0, magic.length).equals(magic))) this.#refuse()
      this.#encodings = encodingsOf(head)
      this.#pushText(head)
      return
    }
    const magic = MAGIC[this.type]
    if (!head.subarray(0, magic.length).equals(magic)) this.#refuse()
    if (this.type === 'png' && !head.subarray(magic.length, magic.length + IHDR.length).equals(IHDR)) this.#refuse()
  }

  #pushText(bytes: Uint8Array): void {
    if (!this.#isText) return
    this.#encodings = this.#encodings.filter(encoding => encoding.push(bytes))
    if (this.#encodings.length === 0) this.#refuse('attachmentEncoding')
  }

  #refuse(reason = 'attachmentContent'): never {
    throw new AppError('conflict', { reason, params: { name: this.name } })
  }
}

/** The encodings that a text may have: by its byte order mark, else UTF-8 or the Shift_JIS of Japanese Windows. */
function encodingsOf(head: Buffer): Encoding[] {
  if (head[0] === 0xff && head[1] === 0xfe) return [new Encoding('utf-16le')]
  if (head[0] === 0xfe && head[1] === 0xff) return [new Encoding('utf-16be')]
  return [new Encoding('utf-8'), new Encoding('shift_jis')]
}

/** Whether bytes are text of one encoding: https://encoding.spec.whatwg.org/ */
class Encoding {
  readonly #decoder: TextDecoder

  constructor(label: string) {
    this.#decoder = new TextDecoder(label, { fatal: true })
  }

  push(bytes: Uint8Array): boolean {
    return this.#isText(bytes, true)
  }

  end(): boolean {
    return this.#isText(new Uint8Array(), false)
  }

  #isText(bytes: Uint8Array, stream: boolean): boolean {
    try {
      return !CONTROLS.test(this.#decoder.decode(bytes, { stream }))
    } catch {
      return false
    }
  }
}
