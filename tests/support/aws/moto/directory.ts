import type { Directory } from '../identity/sts'
import type { Moto } from './moto'

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/x-amz-json-1.1'
const DESCRIBE = 'AWSOrganizationsV20161128.DescribeOrganization'

export interface MotoDirectory extends Directory {
  /** The management account of the organization that an account belongs to. */
  management: (account: string) => Promise<string | null>
}

/** Roles and organizations as moto has them. */
export function motoDirectory(moto: Moto): MotoDirectory {
  const askOrganization = (account: string) => ask(moto, account, 'organizations', JSON_TYPE, '{}', DESCRIBE)
  return {
    async role(account, name) {
      const form = new URLSearchParams({ Action: 'GetRole', Version: '2010-05-08', RoleName: name })
      const text = await ask(moto, account, 'iam', FORM, form.toString())
      const document = tag(text, 'AssumeRolePolicyDocument')
      if (document === null) return null
      const trust = JSON.parse(decodeURIComponent(document))
      return { trust, maxSeconds: Number(tag(text, 'MaxSessionDuration') ?? 3600) }
    },
    async organization(account) {
      return /"Id"\s*:\s*"(o-[a-z0-9]+)"/.exec(await askOrganization(account))?.[1] ?? null
    },
    async management(account) {
      return /"MasterAccountId"\s*:\s*"(\d{12})"/.exec(await askOrganization(account))?.[1] ?? null
    },
  }
}

function tag(xml: string, name: string): string | null {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null
}

async function ask(
  moto: Moto,
  account: string,
  service: string,
  type: string,
  text: string,
  target?: string,
): Promise<string> {
  const scope = `emulator/20260101/us-east-1/${service}/aws4_request`
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
    'content-type': type,
    ...(target ? { 'x-amz-target': target } : {}),
  }
  const http = { method: 'POST', url: '/', path: '/', query: new URLSearchParams(), headers, body: Buffer.from(text) }
  const { body } = await moto.send(http, account)
  return body.toString()
}
