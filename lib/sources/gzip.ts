/** Whether the first bytes of a file are a gzip member: RFC 1952, section 2.3.1. */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b
}
