import { issuerOf, type PipelineSystem } from '../../trust/issuers'
import type { ReplacementContext, SystemPart } from './context'

/** An address or an audience that can stand in commands and in YAML as it is. */
const SAFE = /^[\w.:/@-]+$/

/** The texts for each CI system, by its documentation, filled in from the account's providers and roles. */
export const systemParts: Readonly<Record<PipelineSystem, (context: ReplacementContext) => SystemPart>> = {
  // https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
  github(context) {
    const address = 'token.actions.githubusercontent.com'
    const owner = known(context, address, /^repo:([\w.-]+)[/@]/) ?? 'OWNER'
    const ids = known(context, address, /^repo:[\w.-]+@(\d+)\//) ?? 'OWNER_ID'
    return {
      address,
      audience: audienceOf(context, address, 'sts.amazonaws.com'),
      equals: [
        `repo:${owner}/REPOSITORY:ref:refs/heads/main`,
        `repo:${owner}@${ids}/REPOSITORY@REPOSITORY_ID:ref:refs/heads/main`,
      ],
      file: '.github/workflows/deploy.yml',
      workflow: ({ roleArn, region, audience }) => [
        'permissions:',
        '  id-token: write',
        '  contents: read',
        'jobs:',
        '  deploy:',
        '    runs-on: ubuntu-latest',
        '    steps:',
        '      - uses: aws-actions/configure-aws-credentials@v6',
        '        with:',
        `          role-to-assume: ${roleArn}`,
        `          aws-region: ${region}`,
        ...(audience === 'sts.amazonaws.com' ? [] : [`          audience: ${audience}`]),
      ],
    }
  },
  // https://docs.gitlab.com/ci/cloud_services/aws/
  gitlab(context) {
    const address = 'gitlab.com'
    const group = known(context, address, /^project_path:([\w.-]+)\//) ?? 'GROUP'
    return {
      address,
      audience: audienceOf(context, address, 'https://gitlab.com'),
      equals: [`project_path:${group}/PROJECT:ref_type:branch:ref:main`],
      file: '.gitlab-ci.yml',
      workflow: ({ roleArn, region, audience }) => [
        'deploy:',
        '  id_tokens:',
        '    AWS_ID_TOKEN:',
        `      aud: ${audience}`,
        '  variables:',
        `    AWS_ROLE_ARN: ${roleArn}`,
        `    AWS_DEFAULT_REGION: ${region}`,
        '  before_script:',
        '    - export AWS_WEB_IDENTITY_TOKEN_FILE="$(mktemp)"',
        '    - export AWS_ROLE_SESSION_NAME="gitlab-$CI_PIPELINE_ID"',
        '    - printf "%s" "$AWS_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"',
      ],
    }
  },
  // https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/
  circleci(context) {
    const address = providerOf(context, 'circleci') ?? 'oidc.circleci.com/org/ORGANIZATION_ID'
    const organization = address.slice(address.lastIndexOf('/') + 1)
    return {
      address,
      audience: audienceOf(context, address, organization),
      like: `org/${organization}/project/PROJECT_ID/user/*`,
      file: '.circleci/config.yml',
      workflow: ({ roleArn, region }) => [
        'jobs:',
        '  deploy:',
        '    docker:',
        '      - image: cimg/aws:2024.03',
        '    environment:',
        `      AWS_ROLE_ARN: ${roleArn}`,
        `      AWS_DEFAULT_REGION: ${region}`,
        '      AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token',
        '    steps:',
        '      - checkout',
        '      - run: printf "%s" "$CIRCLE_OIDC_TOKEN" > /tmp/aws-token',
      ],
    }
  },
  // https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/
  bitbucket(context) {
    const address =
      providerOf(context, 'bitbucket') ?? 'api.bitbucket.org/2.0/workspaces/WORKSPACE/pipelines-config/identity/oidc'
    return {
      address,
      audience: audienceOf(context, address, 'ari:cloud:bitbucket::workspace/WORKSPACE_ID'),
      like: '{REPOSITORY_ID}:*',
      file: 'bitbucket-pipelines.yml',
      workflow: ({ roleArn, region }) => [
        'pipelines:',
        '  branches:',
        '    main:',
        '      - step:',
        '          oidc: true',
        '          script:',
        `            - export AWS_ROLE_ARN=${roleArn}`,
        `            - export AWS_DEFAULT_REGION=${region}`,
        '            - export AWS_WEB_IDENTITY_TOKEN_FILE="$(mktemp)"',
        '            - printf "%s" "$BITBUCKET_STEP_OIDC_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"',
      ],
    }
  },
  // https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
  terraform(context) {
    const address = 'app.terraform.io'
    const organization = known(context, address, /^organization:([^:*?"\\]+):/) ?? 'ORGANIZATION'
    return {
      address,
      audience: audienceOf(context, address, 'aws.workload.identity'),
      like: `organization:${organization}:project:PROJECT:workspace:WORKSPACE:run_phase:*`,
      file: null,
      workflow: ({ roleArn, region, audience }) => [
        'TFC_AWS_PROVIDER_AUTH=true',
        `TFC_AWS_RUN_ROLE_ARN=${roleArn}`,
        `AWS_REGION=${region}`,
        ...(audience === 'aws.workload.identity' ? [] : [`TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE=${audience}`]),
      ],
    }
  },
}

/** The audience of the account's provider: the usual one where it has that. */
function audienceOf({ providers }: ReplacementContext, address: string, usual: string): string {
  const audiences = (providers.get(address)?.audiences ?? []).filter(audience => SAFE.test(audience))
  return audiences.includes(usual) ? usual : (audiences[0] ?? usual)
}

/** The address of the account's provider of a system whose addresses differ. */
function providerOf({ providers }: ReplacementContext, system: PipelineSystem): string | null {
  return [...providers.keys()].find(address => issuerOf(address).system === system && SAFE.test(address)) ?? null
}

/** The name that the account's roles have in the subjects of an issuer; null where they have several. */
function known({ subjects }: ReplacementContext, address: string, form: RegExp): string | null {
  const names = new Set((subjects.get(address) ?? []).flatMap(subject => form.exec(subject)?.[1] ?? []))
  const [name] = names
  return name !== undefined && names.size === 1 ? name : null
}
