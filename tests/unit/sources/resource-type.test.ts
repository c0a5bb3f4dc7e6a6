import { expect, test } from 'vitest'
import { typeOf } from '../../../lib/sources/trusted-advisor/resource-type'
import { toResourceType } from '../../../lib/sources/values/resource-type'

test.each([
  ['AwsEc2Instance', 'AwsEc2Instance'],
  ['AWS::EC2::Instance', 'AwsEc2Instance'],
  ['AWS_EC2_INSTANCE', 'AwsEc2Instance'],
  ['AWS_ECR_CONTAINER_IMAGE', 'AwsEcrContainerImage'],
  ['AWS_LAMBDA_FUNCTION', 'AwsLambdaFunction'],
  ['AWS::::Account', 'AwsAccount'],
  ['AWS::RDS::DBInstance', 'AwsRdsDbInstance'],
  ['AWS::EC2::VPC', 'AwsEc2Vpc'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AwsElbv2LoadBalancer'],
  ['AWS::ACM::Certificate', 'AwsCertificateManagerCertificate'],
  ['AwsIAMUser', 'AwsIamUser'],
])('%s is %s', (type, expected) => {
  expect(toResourceType(type)).toBe(expected)
})

test.each([
  ['AWS::Logs::LogGroup', 'AwsLogsLogGroup'],
  ['AWS::RDS::DBProxy', 'AwsRdsDbProxy'],
  ['AWS::EC2::EC2Fleet', 'AwsEc2Ec2Fleet'],
  ['AWS_CODE_REPOSITORY', 'AwsCodeRepository'],
])('a type that ASFF does not list follows the same spelling: %s', (type, expected) => {
  expect(toResourceType(type)).toBe(expected)
})

test.each([
  '',
  'Other',
  'Container',
  'CODE_REPOSITORY',
  'AwsEMR',
  'AWS::',
  'aws something',
  'KubernetesPod',
  'AWS::S3::Bucket extra',
])('%j does not change', type => {
  expect(toResourceType(type)).toBe(type)
})

test.each(['constructor', '__proto__', 'toString'])('a service that is called %s has no types', service => {
  expect(typeOf(`arn:aws:${service}:us-east-1:111122223333:thing/one`, null)).toBe('')
})
