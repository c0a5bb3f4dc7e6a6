/**
 * The part of a resource's id that people know: the text after the account in an ARN (user/ci-deploy, my-bucket), else
 * the whole id. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function resourceNameOf(id: string): string {
  const arn = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.+)$/s.exec(id)
  return arn?.[1] ?? id
}
