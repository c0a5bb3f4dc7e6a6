import 'server-only'
import type { Theme } from '../domain/people/theme'

export interface OutagePage {
  locale: string
  theme: Theme
  nonce: string
  texts: { title: string; text: string; product: string }
}

// The colors of app/globals.css, copied: the page is self-contained, because it is also sent if nothing else can be rendered.
const STYLE = `
:root{color-scheme:light dark}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark}
body{margin:0;min-height:100dvh;display:grid;place-items:center;background:light-dark(#f6f6f4,#131518);
color:light-dark(#1b1d1f,#e7e9ec);font:0.875rem/1.6 "Inter","Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic UI",system-ui,sans-serif}
main{max-width:34rem;padding:1.5rem;text-align:center}
:lang(ja){word-break:auto-phrase}
h1{font-size:1.25rem;margin:0 0 .5rem;text-wrap:balance}
p{margin:0;color:light-dark(#5f646b,#a0a7b0)}`

const SCRIPT = `
(async () => {
  for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
    await new Promise(resolve => setTimeout(resolve, pause * (1 + Math.random() / 4)))
    try {
      const health = await (await fetch('/api/health', { cache: 'no-store' })).json()
      if (health.status === 'ok' || health.status === 'degraded') return location.reload()
    } catch {}
  }
})()`

/** The page for an outage. It reloads its URL once Hinomi is available again; without JavaScript every 15 seconds. */
export function outagePage({ locale, theme, nonce, texts }: OutagePage): string {
  const [title, text, product] = [texts.title, texts.text, texts.product].map(escapeHtml)
  return `<!DOCTYPE html>
<html lang="${locale}" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} — ${product}</title>
<noscript><meta http-equiv="refresh" content="15"></noscript>
<style>${STYLE}</style>
</head>
<body>
<main role="status"><h1>${title}</h1><p>${text}</p></main>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
}
