import { crc32, deflateRawSync } from 'node:zlib'

/** One file of a ZIP, with the false values that a hostile writer could set. */
export interface ZippedFile {
  name: string | Uint8Array
  data?: Uint8Array | string
  /** Unix mode, as in st_mode. */
  mode?: number
  encrypted?: boolean
  /** Written instead of the true checksum. */
  crc?: number
  method?: number
}

/** A ZIP as specified by https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, written without any tested library. */
export function zipOf(files: readonly ZippedFile[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data = '', mode = 0o100644, encrypted = false, crc, method = 8 } of files) {
    const [path, bytes] = [Buffer.from(name), Buffer.from(data)]
    const packed = method === 8 ? deflateRawSync(bytes) : bytes
    // From the flags on, both headers are identical.
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(encrypted ? 1 : 0, 2)
    common.writeUInt16LE(method, 4)
    common.writeUInt32LE(crc ?? crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(path.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, packed])
    const entry = Buffer.alloc(14)
    entry.writeUInt32LE((mode << 16) >>> 0, 6)
    entry.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, entry, path]))
    parts.push(local)
    offset += local.length
  }
  const table = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(table.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, table, end])
}
