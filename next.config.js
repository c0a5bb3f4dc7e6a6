import createNextIntlPlugin from 'next-intl/plugin'

const withNextIntl = createNextIntlPlugin('./i18n/request.ts')

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // No page needs images to be made smaller: without this anybody could have the server do it.
  images: { unoptimized: true },
  reactStrictMode: true,
  // A person who may not see a page gets app/(console)/forbidden.tsx with status 403.
  experimental: { authInterrupts: true },
  // Types are checked by npm test; those who only run the product need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // The development server else refuses its own scripts to a browser that came by number instead of by name.
  allowedDevOrigins: ['127.0.0.1'],
}

export default withNextIntl(config)
