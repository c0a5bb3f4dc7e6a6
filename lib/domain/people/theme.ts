export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** The cookie that tells the server which theme to draw, so that no page flashes. */
export const themeCookie = 'hinomi-theme'

/** The theme of a cookie's value; the system's where it is none of ours. */
export function toTheme(text: string | undefined): Theme {
  return themes.find(theme => theme === text) ?? 'system'
}
