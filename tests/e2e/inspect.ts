import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** Axe in the page itself. Otherwise it opens a blank page for each analysis, which only frames of other origins need. */
export function axeIn(page: Page): AxeBuilder {
  // Axe leaves the rule of WCAG 2.2 about the size of targets out unless it is asked for.
  return new AxeBuilder({ page }).setLegacyMode().options({ rules: { 'target-size': { enabled: true } } })
}

/** Changes the theme, and waits until the colors no longer change: axe looks at what a frame shows. */
export async function setTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame)
    await frame()
    await frame()
    while (document.getAnimations().some(each => each instanceof CSSTransition)) await frame()
  })
}

/** No violation that axe knows of. React Aria's announcements, which go by themselves, are left out. */
export async function expectNoViolations(page: Page, name: string, rules?: string[]): Promise<void> {
  const axe = axeIn(page).exclude('[data-live-announcer]')
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze()
  expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html}`)).toEqual([])
}

/** Looks at a page in both themes, on a phone and on a desk: no violation, nothing beside the screen. */
export async function inspect(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await setTheme(page, colorScheme)
    // Of what axe looks at, a theme changes colours alone.
    await expectNoViolations(page, name, colorScheme === 'dark' ? ['color-contrast'] : undefined)
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(width)
    }
  }
}
