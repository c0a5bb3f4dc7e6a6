/** Where to go after sign-in: the requested path with its query if it is on this site, else the home page. */
export function safePath(wanted: string | null | undefined): string {
  if (!wanted?.startsWith('/')) return '/'
  // Resolved as a browser would: "//host", "/\host" and control characters must not lead to another site.
  const base = 'http://hinomi.invalid'
  const url = URL.canParse(wanted, base) ? new URL(wanted, base) : null
  // Dot segments may resolve to a second slash at the start, which a browser would treat as a host.
  if (!url || url.origin !== base || url.pathname.startsWith('//')) return '/'
  if (/^\/(sign-in|setup|invite|api)(\/|$)/.test(url.pathname)) return '/'
  return `${url.pathname}${url.search}`
}
