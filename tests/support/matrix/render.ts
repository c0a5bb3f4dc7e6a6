import { pageData } from '../page-data'
import { type Answer, answerOf } from './answer'
import type { PageCase } from './page-table'
import type { PageModule } from './surface'
import type { World } from './targets'

/** The content of a page and its title, as sent to the browser. */
export function render(page: PageModule | undefined, each: PageCase, world: World): Promise<Answer> {
  const props = {
    params: Promise.resolve(each.params?.(world) ?? {}),
    searchParams: Promise.resolve(each.search ?? {}),
  }
  return answerOf(async () => {
    if (!page) throw new Error('no such page')
    const body = await pageData(page.default(props))
    const head = page.generateMetadata ? await pageData(await page.generateMetadata(props)) : ''
    return `${head}\n${body}`
  })
}
