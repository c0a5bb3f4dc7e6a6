import 'server-only'
import type { OAuthConfig } from 'next-auth/providers/oauth'
import { z } from 'zod'
import { cutText } from '../../domain/text/cut-text'
import { env } from '../../env'
import { providerEndpoints } from './provider-metadata'

const Profile = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1),
  hd: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.string()]).optional(),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  tid: z.string().optional(),
  // An unreadable time proves nothing, so it becomes the epoch.
  auth_time: z.coerce.number().min(0).max(1e11).catch(0).optional(),
  xms_edov: z.union([z.boolean(), z.string(), z.number()]).optional(),
})

type ProviderId = 'oidc' | 'google' | 'entra'

export interface ProviderName {
  id: ProviderId
  name: string
}

interface Settings extends ProviderName {
  issuer: string
  clientId: string
  clientSecret: string
  /** Additional parameters of the authorization request. */
  extra?: Record<string, string>
}

const Email = z.email().max(254)

/** The configured OpenID Connect providers, in the order of their buttons. */
export function providerNames(): ProviderName[] {
  return configured().map(({ id, name }) => ({ id, name }))
}

/**
 * The same for next-auth, each with PKCE, state and nonce, and by its signed id token only. `used` is the provider of the request: only
 * its metadata are fetched, so that an unavailable provider does not block other ways to sign in.
 */
export async function oidcProviders(used: string | undefined): Promise<OAuthConfig<Record<string, unknown>>[]> {
  return Promise.all(
    configured().map(async ({ id, name, issuer, clientId, clientSecret, extra }) => {
      const { authorize, ...endpoints } = (id === used ? await providerEndpoints(issuer) : null) ?? {}
      return {
        id,
        name,
        type: 'oauth' as const,
        clientId,
        clientSecret,
        idToken: true,
        checks: ['pkce' as const, 'state' as const, 'nonce' as const],
        authorization: { ...(authorize && { url: authorize }), params: { scope: 'openid email profile', ...extra } },
        ...endpoints,
        profile: (claims: Record<string, unknown>) => ({ id: String(claims.sub) }),
      }
    }),
  )
}

/** A verified identity of a provider. Issuer and subject identify the account permanently; the address may be reassigned. */
export interface VerifiedIdentity {
  issuer: string
  subject: string
  email: string
  name: string
  /** When the person last authenticated to the provider; undefined where the provider does not state it. */
  provedAt: Date | undefined
}

/**
 * The verified address and the name of an identity, or null. An unverified address could belong to anyone:
 * - generic issuers and Google must send email_verified;
 * - Google sends it for consumer accounts too, which anybody can open for an address of the organisation. `hd` is its domain:
 *   https://developers.google.com/identity/openid-connect/openid-connect#hd-param
 * - Entra never sends it, and a tenant's users may have any address. So its token must be of the configured tenant, and the address is
 *   the sign-in name, whose domain the tenant has verified, or an e-mail marked xms_edov (domain owner verified).
 *   https://learn.microsoft.com/entra/identity-platform/migrate-off-email-claim-authorization
 */
export function verifiedIdentity(provider: string, claims: unknown): VerifiedIdentity | null {
  const profile = Profile.safeParse(claims)
  if (!profile.success) return null
  const address = addressOf(provider, profile.data)
  const email = Email.safeParse(address?.trim().toLowerCase())
  if (!email.success) return null
  const { iss: issuer, sub: subject, name, auth_time: seconds } = profile.data
  const provedAt = seconds === undefined ? undefined : new Date(seconds * 1000)
  return { issuer, subject, email: email.data, name: cutText(name?.trim() ?? '', 100) || email.data, provedAt }
}

type Claims = z.infer<typeof Profile>

function addressOf(provider: string, profile: Claims): string | undefined {
  if (provider === 'entra') return entraAddress(profile)
  const domain = env().HINOMI_GOOGLE_DOMAIN?.toLowerCase()
  if (provider === 'google' && domain && profile.hd?.toLowerCase() !== domain) return undefined
  return plainAddress(profile)
}

function plainAddress(profile: Claims): string | undefined {
  const verified = profile.email_verified === true || profile.email_verified === 'true'
  return verified ? profile.email : undefined
}

function entraAddress(profile: Claims): string | undefined {
  const tenant = env().HINOMI_ENTRA_TENANT_ID?.toLowerCase()
  if (!tenant || profile.tid?.toLowerCase() !== tenant) return undefined
  const owned = ['true', '1'].includes(String(profile.xms_edov))
  return owned && profile.email ? profile.email : profile.preferred_username
}

function configured(): Settings[] {
  const e = env()
  const found: Settings[] = []
  if (e.HINOMI_OIDC_ISSUER && e.HINOMI_OIDC_CLIENT_ID && e.HINOMI_OIDC_CLIENT_SECRET) {
    found.push({
      id: 'oidc',
      name: e.HINOMI_OIDC_NAME ?? 'OpenID Connect',
      issuer: e.HINOMI_OIDC_ISSUER,
      clientId: e.HINOMI_OIDC_CLIENT_ID,
      clientSecret: e.HINOMI_OIDC_CLIENT_SECRET,
    })
  }
  if (e.HINOMI_GOOGLE_CLIENT_ID && e.HINOMI_GOOGLE_CLIENT_SECRET) {
    found.push({
      id: 'google',
      name: 'Google',
      issuer: 'https://accounts.google.com',
      clientId: e.HINOMI_GOOGLE_CLIENT_ID,
      clientSecret: e.HINOMI_GOOGLE_CLIENT_SECRET,
      // With it, Google offers only accounts of the domain; the claim in its response is what is verified.
      ...(e.HINOMI_GOOGLE_DOMAIN ? { extra: { hd: e.HINOMI_GOOGLE_DOMAIN } } : {}),
    })
  }
  // A shared endpoint such as "common" would accept every tenant: only a tenant's id is allowed.
  const tenant = z.guid().safeParse(e.HINOMI_ENTRA_TENANT_ID)
  if (tenant.success && e.HINOMI_ENTRA_CLIENT_ID && e.HINOMI_ENTRA_CLIENT_SECRET) {
    found.push({
      id: 'entra',
      name: 'Microsoft',
      issuer: `https://login.microsoftonline.com/${tenant.data.toLowerCase()}/v2.0`,
      clientId: e.HINOMI_ENTRA_CLIENT_ID,
      clientSecret: e.HINOMI_ENTRA_CLIENT_SECRET,
    })
  }
  return found
}
