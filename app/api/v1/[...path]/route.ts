import { NotFoundError } from '@/lib/errors'
import { route } from '@/lib/route'

export const dynamic = 'force-dynamic'

/** All other paths: a program gets a problem document, not a page. */
const missing = route<never, { path: string[] }>({
  needs: [],
  run: () => Promise.reject(new NotFoundError()),
})

export { missing as DELETE, missing as GET, missing as PATCH, missing as POST, missing as PUT }
