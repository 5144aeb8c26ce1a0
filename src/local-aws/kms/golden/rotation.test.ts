import { EnableKeyRotationCommand, ListKeyRotationsCommand } from '@aws-sdk/client-kms';
import { constraint, golden, missing, source, startWorld } from './golden-answers.ts';

/* The quota and the conflict with an automatic rotation need a past: they are in key-rotation.test.ts. */

startWorld();

const { model, own } = source;

golden(
  'EnableKeyRotation',
  (kms, input: EnableKeyRotationCommand['input']) => kms.send(new EnableKeyRotationCommand(input)),
  [['no key', () => ({}), missing('keyId'), model]],
);

golden(
  'ListKeyRotations',
  (kms, input: ListKeyRotationsCommand['input']) => kms.send(new ListKeyRotationsCommand(input)),
  [
    ['no key', () => ({}), missing('keyId'), model],
    [
      '1001 items',
      ({ key }) => ({ KeyId: key.id, Limit: 1001 }),
      constraint("'1001' at 'limit'", 'have value less than or equal to 1000'),
      model,
    ],
    [
      'an unknown choice of material',
      ({ key }) => ({ KeyId: key.id, IncludeKeyMaterial: 'SOME' }),
      constraint(
        "'SOME' at 'includeKeyMaterial'",
        'satisfy enum value set: [ALL_KEY_MATERIAL, ROTATIONS_ONLY]',
      ),
      model,
    ],
    [
      'a marker of nobody',
      ({ key }) => ({ KeyId: key.id, Marker: 'abc' }),
      'InvalidMarkerException: Invalid marker: abc',
      own,
    ],
  ],
);
