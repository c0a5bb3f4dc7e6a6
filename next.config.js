import { readFileSync } from 'node:fs'
import createNextIntlPlugin from 'next-intl/plugin'

const withNextIntl = createNextIntlPlugin('./i18n/request.ts')

/** @type {{ dependencies: Record<string, string> }} */
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // No page needs images to be made smaller: without this anybody could have the server do it.
  images: { unoptimized: true },
  reactStrictMode: true,
  // A person who may not see a page gets app/(console)/forbidden.tsx with status 403.
  experimental: { authInterrupts: true },
  // The SDK of AWS is larger than the product, and a page needs a few of its clients: Node.js loads them when they are used.
  serverExternalPackages: Object.keys(dependencies).filter(name => /^@(?:aws-sdk|smithy)\//.test(name)),
  // Types are checked by npm test; those who only run the product need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // The development server else refuses its own scripts to a browser that came by number instead of by name.
  allowedDevOrigins: ['127.0.0.1'],
}

export default withNextIntl(config)
