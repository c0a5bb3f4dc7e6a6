export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** The cookie with the theme, so that the server renders it and no page flashes. */
export const themeCookie = 'hinomi-theme'

/** The theme of a cookie's value; the system's for an unknown value. */
export function toTheme(text: string | undefined): Theme {
  return themes.find(theme => theme === text) ?? 'system'
}
