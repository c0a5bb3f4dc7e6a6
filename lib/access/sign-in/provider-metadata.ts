import 'server-only'
import type { OAuthConfig } from 'next-auth/providers/oauth'
import { z } from 'zod'
import { log } from '../../log'

const TIMEOUT_MS = 10_000

const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
})

type Endpoints = Pick<OAuthConfig<unknown>, 'issuer' | 'token' | 'jwks_endpoint' | 'client'> & { authorize: string }

/**
 * The endpoints of a provider from its metadata. Null, with the reason in the log, where it does not respond, or its metadata name
 * another issuer or an endpoint without TLS: it cannot be used for sign-in then.
 * https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
 */
export async function providerEndpoints(issuer: string): Promise<Endpoints | null> {
  try {
    const expected = withoutSlash(issuer)
    const answer = await fetch(`${expected}/.well-known/openid-configuration`, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (!answer.ok) throw new Error(`the metadata were answered with ${answer.status}`)
    return endpointsOf(Metadata.parse(await answer.json()), expected)
  } catch (error) {
    log.error({ err: error, issuer }, 'the metadata of the sign-in provider cannot be used')
    return null
  }
}

function endpointsOf(metadata: z.infer<typeof Metadata>, expected: string): Endpoints {
  if (withoutSlash(metadata.issuer) !== expected) throw new Error('the metadata name another issuer than the setting')
  const { authorization_endpoint: authorize, token_endpoint: token, jwks_uri: keys } = metadata
  // Only a test's issuer on this machine has no TLS: lib/env.ts.
  if (expected.startsWith('https:') && ![authorize, token, keys].every(url => url.startsWith('https:')))
    throw new Error('the metadata name an endpoint without TLS')
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const post = !methods.includes('client_secret_basic') && methods.includes('client_secret_post')
  return {
    issuer: metadata.issuer,
    authorize,
    token,
    jwks_endpoint: keys,
    ...(post && { client: { token_endpoint_auth_method: 'client_secret_post' } }),
  }
}

/** The metadata of an issuer are at the same URL whether or not its name ends with a slash. */
function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, '')
}
