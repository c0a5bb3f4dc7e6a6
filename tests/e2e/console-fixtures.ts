import { test as base, type Cookie, expect, type Locator, type Page } from '@playwright/test'

/** The account that the launcher's set-up made. */
const email = process.env.E2E_EMAIL ?? ''
const password = process.env.E2E_PASSWORD ?? ''

/** Signs in through the form, as a person does. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel(/メールアドレス|e-?mail/i).fill(email)
  await page.getByLabel(/^(パスワード|password)/i).fill(password)
  await page.getByRole('button', { name: /^(サインイン|sign in)$/i }).click()
  await page.waitForURL(url => !url.pathname.startsWith('/sign-in'))
  await expect(page.getByRole('main')).toBeVisible()
}

/** Chooses the language in the frame and waits until the page speaks it. */
export async function speak(page: Page, language: '日本語' | 'English'): Promise<void> {
  const lang = language === 'English' ? 'en' : 'ja'
  if ((await page.locator('html').getAttribute('lang')) === lang) return
  await page.getByRole('button', { name: /^(言語|Language)/ }).click()
  await page.getByRole('menuitemradio', { name: language }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', lang)
}

/** Waits until React listens to an element: what happens to it earlier is lost. */
export async function ready(element: Locator): Promise<void> {
  const listens = () => element.evaluate(node => Object.keys(node).some(key => key.startsWith('__reactProps')))
  await expect.poll(listens).toBe(true)
}

export interface Sample {
  control: string
  severity: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW'
  resource: string
  status?: 'FAILED' | 'PASSED'
}

const titles: Record<string, string> = {
  'S3.2': 'S3 general purpose buckets should block public read access',
  'EC2.19': 'Security groups should not allow unrestricted access to ports with high risk',
  'IAM.3': "IAM users' access keys should be rotated every 90 days or less",
  'KMS.4': 'AWS KMS key rotation should be enabled',
  'S3.5': 'S3 general purpose buckets should require requests to use SSL',
  'RDS.3': 'RDS DB instances should have encryption at-rest enabled',
  'EC2.8': 'EC2 instances should use Instance Metadata Service Version 2 (IMDSv2)',
  'ELB.16': 'Application Load Balancers should be associated with an AWS WAF web ACL',
  'Lambda.2': 'Lambda functions should use supported runtimes',
  'IAM.5': 'MFA should be enabled for all IAM users that have a console password',
}

/** A Security Hub report of one made-up account, as GetFindings gives it. */
export function securityHubReport(account: string, samples: readonly Sample[]): string {
  const region = 'ap-northeast-1'
  const at = '2026-11-20T01:02:03.000Z'
  return JSON.stringify({
    Findings: samples.map(({ control, severity, resource, status = 'FAILED' }) => ({
      SchemaVersion: '2018-10-08',
      Id: `arn:aws:securityhub:${region}:${account}:security-control/${control}/finding/${resource}`,
      ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
      ProductName: 'Security Hub',
      CompanyName: 'AWS',
      Region: region,
      GeneratorId: `security-control/${control}`,
      AwsAccountId: account,
      Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
      FirstObservedAt: at,
      CreatedAt: at,
      UpdatedAt: at,
      Severity: { Label: severity, Original: severity },
      Title: titles[control] ?? control,
      Description: 'This control checks a setting. <b>Text of the source stays text.</b>',
      Remediation: {
        Recommendation: {
          Text: 'For information on how to correct this issue, consult the documentation.',
          Url: `https://docs.aws.amazon.com/console/securityhub/${control}/remediation`,
        },
      },
      Resources: [{ Type: 'AwsS3Bucket', Id: `arn:aws:s3:::${resource}`, Partition: 'aws', Region: region }],
      Compliance: { Status: status, SecurityControlId: control },
      WorkflowState: 'NEW',
      Workflow: { Status: 'NEW' },
      RecordState: 'ACTIVE',
    })),
  })
}

const MINUTE_MS = 60_000

/** Sends a report through the drop zone and waits until it is worked off. Returns the import's id. */
export async function sendReport(
  page: Page,
  name: string,
  body: string,
  coverage: 'complete' | 'partial' = 'complete',
): Promise<number> {
  await page.goto('/imports')
  await page.getByRole('radio', { name: coverage === 'complete' ? /^(全件|Complete)$/ : /^(一部|Partial)$/ }).check()
  const input = page.locator('input[type=file]')
  await ready(input)
  await input.setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(body) })
  const link = page
    .getByRole('list', { name: /送信中のファイル|Files being sent/ })
    .getByRole('link', { name: /取り込み|import/ })
  const href = await link.getAttribute('href')
  await link.click()
  await page.waitForURL(/\/imports\/\d+$/)
  await expect(page.getByText(/^(完了|Done)$/)).toBeVisible({ timeout: MINUTE_MS })
  return Number(href?.split('/').at(-1))
}

/** The cookies of the last sign-in, and the file whose tests share them: a session has to be recent for some of what they do. */
let session: { file: string; cookies: Cookie[] } | null = null

/** Goes on with the session of the file, unless there is none or a test ended it. */
async function resume(page: Page, file: string): Promise<void> {
  const context = page.context()
  if (session?.file === file) {
    await context.addCookies(session.cookies)
    if ((await page.request.get('/api/v1/teams')).ok()) return
    await context.clearCookies()
  }
  await signIn(page)
  session = { file, cookies: await context.cookies() }
}

/** What a browser says of a request that is refused on purpose. */
const REFUSED = /^Failed to load resource/

/** A test whose page is signed in. It fails where the browser's console has an error, such as one of React or of the policy for scripts. */
export const test = base.extend<{ console: Page }>({
  console: async ({ page }, use, { file }) => {
    const errors: string[] = []
    page.on('pageerror', error => errors.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error' && !REFUSED.test(message.text())) errors.push(message.text())
    })
    // Some violations show in no console.
    await page.exposeBinding('reportViolation', (_, text: string) => errors.push(text))
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        Reflect.get(window, 'reportViolation')(`${violatedDirective}: ${blockedURI}`)
      })
    })
    await resume(page, file)
    await use(page)
    expect(errors).toEqual([])
  },
})
export { expect }
