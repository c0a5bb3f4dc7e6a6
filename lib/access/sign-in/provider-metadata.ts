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
 * Where a provider's endpoints are, by its metadata. Null, with the reason in the log, where it does not answer or its metadata are those of
 * another issuer or name an endpoint without TLS: then nobody signs in by it.
 * https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
 */
export async function providerEndpoints(issuer: string): Promise<Endpoints | null> {
  try {
    const own = withoutSlash(issuer)
    const answer = await fetch(`${own}/.well-known/openid-configuration`, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (!answer.ok) throw new Error(`the metadata were answered with ${answer.status}`)
    return endpointsOf(Metadata.parse(await answer.json()), own)
  } catch (error) {
    log.error({ err: error, issuer }, 'the metadata of the sign-in provider cannot be used')
    return null
  }
}

function endpointsOf(metadata: z.infer<typeof Metadata>, own: string): Endpoints {
  if (withoutSlash(metadata.issuer) !== own) throw new Error('the metadata name another issuer than the setting')
  const { authorization_endpoint: authorize, token_endpoint: token, jwks_uri: keys } = metadata
  // Only a test's issuer, on the machine itself, has no TLS: lib/env.ts.
  if (own.startsWith('https:') && ![authorize, token, keys].every(url => url.startsWith('https:')))
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

/** The metadata of an issuer lie at the same address, whether its name ends with a slash or not. */
function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, '')
}
