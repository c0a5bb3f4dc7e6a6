/** CI systems for which Hinomi can write what replaces an access key. */
export const pipelineSystems = ['github', 'gitlab', 'circleci', 'bitbucket', 'terraform'] as const
export type PipelineSystem = (typeof pipelineSystems)[number]

/**
 * How far a claim narrows down who may assume a role: one place, all branches of a project, an owner's projects, or
 * anyone.
 */
export const breadths = ['narrow', 'refs', 'owner', 'anyone'] as const
export type Breadth = (typeof breadths)[number]

/** How the values of a claim are read. Patterns exclude wildcards: what they match is fixed. */
interface Claim {
  /** Fixes the owner: an organization, a group, a workspace. Absent where the issuer belongs to one. */
  owner?: RegExp
  /** Fixes the project or repository. */
  project?: RegExp
  /** Fixes how names of projects begin. */
  part?: RegExp
  /** Leaves all branches or pull requests open. */
  open?: RegExp
  /** The breadth of a value without wildcards, if it is not narrow. */
  exact?: Breadth
}

export interface Issuer {
  id: string
  system: PipelineSystem | null
  /** Its address without `https://`, in lower case. */
  host: RegExp
  /** Whether tokens of other customers come from the same address. */
  shared: boolean
  /** The audience that its tokens for AWS have; undefined where customers choose it. */
  audience?: RegExp
  claims: Readonly<Record<string, Claim>>
  /** Claims that narrow a project down, but that anybody can choose for a project of their own. */
  chosen?: readonly string[]
}

/**
 * Issuers of tokens by their documentation. AWS keeps the list of shared ones that it knows:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 * and of claims that trust policies can use since January 2026:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
const issuers: readonly Issuer[] = [
  {
    id: 'github',
    system: 'github',
    host: /^token\.actions\.githubusercontent\.com$/,
    shared: true,
    audience: /^sts\.amazonaws\.com$/,
    claims: {
      // https://docs.github.com/en/actions/reference/security/oidc
      sub: {
        owner: /^(?:repo:[^/:@*?]+[/@]|(?!repo:)[a-z_]+:[^:*?]+:)/,
        project: /^(?:repo:[^/:@*?]+\/[^/:@*?]+[:@]|(?!repo:)[a-z_]+:[^:*?]+:)/,
        part: /^repo:[^/:@*?]+\/[^/:@*?]/,
        open: /(?:@\*|:\*|:ref:refs\/(?:\*|heads\/\*\*?)|:pull_request)$/,
      },
      repository: { owner: /^[^/:@*?]+\//, project: /^[^/:@*?]+\/[^/:@*?]+$/, exact: 'refs' },
      repository_id: { owner: /^\d+$/, exact: 'refs' },
      job_workflow_ref: { owner: /^[^/:@*?]+\//, project: /^[^/:@*?]+\/[^/:@*?]+\// },
      enterprise_id: { owner: /^\d+$/, exact: 'owner' },
      actor: { owner: /^[^*?]+$/, exact: 'refs' },
      actor_id: { owner: /^\d+$/, exact: 'refs' },
    },
    chosen: ['ref', 'environment', 'workflow'],
  },
  {
    id: 'gitlab',
    system: 'gitlab',
    host: /^gitlab\.com$/,
    shared: true,
    claims: {
      // https://docs.gitlab.com/ci/cloud_services/
      sub: {
        owner: /^project_path:[^/:@*?]+\//,
        project: /^project_path:[^:*?]+:/,
        part: /^project_path:(?:[^/:@*?]+\/)+[^/:@*?]+[*?]/,
        open: /(?::\*|:ref:\*)$/,
      },
    },
  },
  {
    id: 'circleci',
    system: 'circleci',
    host: /^oidc\.circleci\.com\/org\/[^/]+$/,
    shared: false,
    audience: /^[0-9a-f-]{36}$/,
    claims: {
      // https://circleci.com/docs/openid-connect-tokens/
      sub: { project: /\/project\/[^/*?]+\// },
      'oidc.circleci.com/project-id': { project: /^[^*?]+$/ },
    },
  },
  {
    id: 'bitbucket',
    system: 'bitbucket',
    host: /^api\.bitbucket\.org\/2\.0\/workspaces\/[^/]+\/pipelines-config\/identity\/oidc$/,
    shared: false,
    audience: /^ari:cloud:bitbucket::workspace\/[0-9a-f-]{36}$/,
    // https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
    claims: { sub: { project: /^\{[^}*?]+\}/ } },
  },
  {
    id: 'terraform',
    system: 'terraform',
    host: /^app\.terraform\.io$/,
    shared: true,
    audience: /^aws\.workload\.identity$/,
    claims: {
      // https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
      sub: { owner: /^organization:[^:*?]+:/, project: /:(?:project|workspace):[^:*?]+(?::|$)/ },
    },
  },
  {
    id: 'vercel',
    system: null,
    host: /^oidc\.vercel\.com(?:\/[^/]+)?$/,
    shared: false,
    claims: {
      // https://vercel.com/docs/oidc/reference
      sub: { owner: /^owner:[^:*?]+:/, project: /:project:[^:*?]+(?::|$)/, open: /:environment:\*$/ },
    },
  },
  {
    id: 'buildkite',
    system: null,
    host: /^agent\.buildkite\.com$/,
    shared: true,
    claims: {
      // https://buildkite.com/docs/pipelines/security/oidc
      sub: { owner: /^organization:[^:*?]+:/, project: /:pipeline:[^:*?]+(?::|$)/ },
    },
  },
  {
    id: 'eks',
    system: null,
    host: /^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/id\/[^/]+$/,
    shared: false,
    claims: { sub: { project: /^system:serviceaccount:[^:*?]+:/ } },
  },
  {
    id: 'cognito',
    system: null,
    host: /^cognito-identity\.amazonaws\.com$/,
    shared: true,
    // The audience is the identity pool of one account.
    claims: { aud: { owner: /^[^*?]+$/ }, sub: { owner: /^[^*?]+$/ } },
  },
  {
    id: 'login',
    system: null,
    host: /^(?:accounts\.google\.com|www\.amazon\.com|graph\.facebook\.com)$/,
    shared: true,
    claims: Object.fromEntries(
      ['aud', 'oaud', 'sub', 'app_id', 'user_id', 'id', 'google/organization_number'].map(name => [
        name,
        { owner: /^[^*?]+$/ },
      ]),
    ),
  },
]

/** Any other issuer is taken as one's own. Its audience may be what narrows it down, such as an application's id. */
const OTHER: Issuer = {
  id: 'other',
  system: null,
  host: /^/,
  shared: false,
  claims: { sub: { project: /^[^*?]/ }, aud: { project: /^[^*?]/ } },
}

/** The issuer with an address, such as `token.actions.githubusercontent.com`. */
export function issuerOf(address: string): Issuer {
  return issuers.find(({ host }) => host.test(address)) ?? OTHER
}

/** The address in the ARN of an identity provider, or in the name of one that AWS knows by itself; null for SAML. */
export function addressOf(principal: string): string | null {
  if (!principal.startsWith('arn:')) return principal.toLowerCase()
  return /:oidc-provider\/(.+)$/.exec(principal)?.[1]?.toLowerCase() ?? null
}

/**
 * How far a value of a claim narrows down who may assume a role. `wildcards`: whether * and ? in it are any characters.
 */
export function breadthOf({ shared }: Issuer, claim: Claim, value: string, wildcards: boolean): Breadth {
  // Immutable ids stand behind names: repo:ORG@ID/REPO@ID:...
  const plain = value.replaceAll(/@[\d*?]+(?=[/:])/g, '')
  if (!wildcards || !/[*?]/.test(value)) return claim.open?.test(plain) ? 'refs' : (claim.exact ?? 'narrow')
  if (claim.owner ? !claim.owner.test(plain) : claim.project === undefined) return shared ? 'anyone' : 'owner'
  if (claim.project && !claim.project.test(plain)) return claim.part?.test(plain) ? 'refs' : 'owner'
  return claim.open?.test(plain) ? 'refs' : 'narrow'
}
