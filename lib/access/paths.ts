/** Where to go after sign-in: a path of this site with its query, whatever was asked for. Anything else becomes the home page. */
export function safePath(wanted: string | null | undefined): string {
  if (!wanted?.startsWith('/')) return '/'
  // Resolved the way a browser would: "//host", "/\host" and control characters must not leave the site.
  const base = 'http://hinomi.invalid'
  const url = URL.canParse(wanted, base) ? new URL(wanted, base) : null
  // Dots may resolve to a second slash at the start, which a browser would read as a host.
  if (!url || url.origin !== base || url.pathname.startsWith('//')) return '/'
  if (/^\/(sign-in|setup|invite|api)(\/|$)/.test(url.pathname)) return '/'
  return `${url.pathname}${url.search}`
}
