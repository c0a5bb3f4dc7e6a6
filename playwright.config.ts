import { defineConfig, devices } from '@playwright/test'

const browser = process.env.HINOMI_BROWSER

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/e2e/setup/global.ts',
  // One product, one database: the specs run one after the other, each on data of its own.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  use: {
    // Set by the global set-up, after which Playwright's workers read this file anew.
    baseURL: process.env.E2E_BASE_URL ?? '',
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    screenshot: 'only-on-failure',
    // It takes a quarter of the time of a test, and a log is all that is left of a run of CI. --trace=retain-on-failure keeps one.
    trace: process.env.CI ? 'off' : 'retain-on-failure',
  },
  projects: [
    {
      name: 'chromium',
      use: {
        ...devices['Desktop Chrome'],
        launchOptions: {
          ...(browser ? { executablePath: browser } : {}),
          args: [
            // Chromium's sandbox does not work as root.
            ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
            '--disable-gpu',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-quic',
            '--disable-sync',
            '--no-first-run',
          ],
        },
      },
    },
  ],
})
