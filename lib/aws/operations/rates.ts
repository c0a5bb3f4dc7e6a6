import 'server-only'
/** Requests per second, and how many of them at once after a pause. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** Requests that are sent together do not arrive evenly, so that all rates stay below the limits of AWS. */
const HEADROOM = 0.9

function limit(perSecond: number, burst: number): Rate {
  return { perSecond: perSecond * HEADROOM, burst: Math.max(1, Math.floor(burst * HEADROOM)) }
}

/**
 * Limits of one account in one Region for each service. Published: Security Hub
 * (https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html), EC2
 * (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html). The others are the limits that Steampipe's
 * AWS plug-in uses (https://hub.steampipe.io/plugins/turbot/aws), or careful guesses.
 */
export const rates = {
  default: limit(10, 20),
  budgets: limit(4, 4),
  cloudfront: limit(5, 5),
  ec2: limit(10, 50),
  iam: limit(15, 15),
  kms: limit(50, 50),
  lambda: limit(10, 10),
  organizations: limit(4, 4),
  s3: limit(50, 50),
  'security-hub-findings': limit(3, 6),
  // AWS takes 30 at once; Hinomi never sends more than 10 in any second.
  'security-hub-write-back': limit(10, 1),
  sqs: limit(50, 50),
  sts: limit(50, 50),
  'trusted-advisor': limit(5, 5),
  waf: limit(5, 10),
} as const satisfies Record<string, Rate>

export type RateClass = keyof typeof rates
