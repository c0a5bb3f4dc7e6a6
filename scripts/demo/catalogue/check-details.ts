/** What Prowler says about a check beyond its result. */
export interface CheckDetails {
  risk: string
  categories: readonly string[]
  cli?: string
  terraform?: string
  compliance: Readonly<Record<string, readonly string[]>>
}

export const checkDetails: Readonly<Record<string, CheckDetails>> = {
  awslambda_function_no_secrets_in_variables: {
    risk: 'Everyone with access to the configuration of the function can read the secret, and it ends up in logs and backups.',
    categories: ['secrets'],
    cli: 'aws lambda update-function-configuration --function-name <function> --environment "Variables={SECRET_ARN=<arn>}"',
    terraform:
      'resource "aws_lambda_function" "this" {\n  environment {\n    variables = {\n      SECRET_ARN = aws_secretsmanager_secret.this.arn\n    }\n  }\n}',
    compliance: { 'AWS-Foundational-Security-Best-Practices': ['Lambda'], 'ISO27001-2022': ['A.8.12'] },
  },
  ec2_instance_secrets_user_data: {
    risk: 'User data can be read by every process on the instance and by everyone who can describe it.',
    categories: ['secrets'],
    cli: 'aws ec2 modify-instance-attribute --instance-id <instance> --attribute userData --value file://user-data.b64',
    compliance: { 'ISO27001-2022': ['A.8.12'], 'NIST-800-53-Revision-5': ['ia_5_7'] },
  },
  iam_policy_allows_privilege_escalation: {
    risk: 'An identity with this policy can give itself administrator rights, for example by passing a stronger role.',
    categories: ['privilege-escalation', 'identity-access'],
    cli: 'aws iam create-policy-version --policy-arn <policy> --policy-document file://policy.json --set-as-default',
    compliance: { 'CIS-5.0': ['1.15'], 'ISO27001-2022': ['A.5.15', 'A.8.2'] },
  },
  ec2_instance_managed_by_ssm: {
    risk: 'Instances that Systems Manager does not manage are not patched and not inventoried.',
    categories: ['vulnerabilities'],
    terraform:
      'resource "aws_iam_role_policy_attachment" "ssm" {\n  role       = aws_iam_role.this.name\n  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"\n}',
    compliance: { 'AWS-Foundational-Security-Best-Practices': ['SSM.1'], 'PCI-4.0': ['2.2.5.1'] },
  },
  cloudwatch_log_group_retention_policy_specific_days_enabled: {
    risk: 'Logs that are deleted too early are missing in an investigation.',
    categories: ['logging', 'forensics-ready'],
    cli: 'aws logs put-retention-policy --log-group-name <group> --retention-in-days 365',
    terraform:
      'resource "aws_cloudwatch_log_group" "this" {\n  name              = "<group>"\n  retention_in_days = 365\n}',
    compliance: { 'PCI-4.0': ['10.5.1'], 'ISO27001-2022': ['A.8.15'] },
  },
  s3_bucket_object_versioning: {
    risk: 'Objects that are overwritten or deleted, by mistake or for ransom, cannot be restored.',
    categories: ['resilience'],
    cli: 'aws s3api put-bucket-versioning --bucket <bucket> --versioning-configuration Status=Enabled',
    terraform:
      'resource "aws_s3_bucket_versioning" "this" {\n  bucket = aws_s3_bucket.this.id\n  versioning_configuration {\n    status = "Enabled"\n  }\n}',
    compliance: { 'ISO27001-2022': ['A.8.13'], 'NIST-800-53-Revision-5': ['cp_9'] },
  },
  rds_instance_enhanced_monitoring_enabled: {
    risk: 'Problems of the operating system of the database stay unseen.',
    categories: ['logging'],
    cli: 'aws rds modify-db-instance --db-instance-identifier <instance> --monitoring-interval 60 --monitoring-role-arn <role>',
    compliance: { 'AWS-Foundational-Security-Best-Practices': ['RDS.6'] },
  },
  kms_cmk_are_used: {
    risk: 'Unused keys cost money, and make it harder to see which ones matter.',
    categories: ['encryption'],
    cli: 'aws kms schedule-key-deletion --key-id <key> --pending-window-in-days 30',
    compliance: { 'ISO27001-2022': ['A.8.24'] },
  },
}
