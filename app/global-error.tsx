'use client'

import { useEffect, useState } from 'react'
import { checkHealth, isUp, waitUntilUp } from '@/components/ui/recovery/health-store'
import './globals.css'

type Texts = Record<'language' | 'title' | 'text' | 'retry', string>

/** Both languages, loaded on demand, because the layout with the texts is not available here. */
async function loadTexts(): Promise<Texts> {
  const isJapanese = navigator.language.startsWith('ja')
  const { default: all } = isJapanese ? await import('@/messages/ja.json') : await import('@/messages/en.json')
  const language = isJapanese ? 'ja' : 'en'
  return { language, title: all.pageState.failed, text: all.pageState.failedNoId, retry: all.common.retry }
}

/** Replaces the whole document if the outermost layout fails. After an outage it loads the address again. */
export default function GlobalError() {
  const [texts, setTexts] = useState<Texts | null>(null)
  useEffect(() => {
    loadTexts().then(setTexts, () => undefined)
    void (async () => {
      if (isUp(await checkHealth())) return
      await waitUntilUp()
      window.location.reload()
    })()
  }, [])
  return (
    <html lang={texts?.language ?? 'en'}>
      <body>
        <main className="grid min-h-dvh place-items-center text-center">
          {texts ? (
            <div>
              <h1 className="font-semibold text-xl">{texts.title}</h1>
              <p className="mt-2 text-muted">{texts.text}</p>
              <button type="button" className="mt-4 underline" onClick={() => window.location.reload()}>
                {texts.retry}
              </button>
            </div>
          ) : null}
        </main>
      </body>
    </html>
  )
}
