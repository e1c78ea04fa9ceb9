import { Picker, PickerItem, Text } from '@react-spectrum/s2';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAddPublicKey } from '../../../api/credentials.ts';
import type { Application, PublicKey } from '../../../api/types.ts';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { DetailFields, isRefused, useDetails } from './details.tsx';
import {
  canMakeEd25519,
  type GeneratedPair,
  generateKeyPair,
  type PairKind,
  pairKinds,
} from './generate-key-pair.ts';

/** Each kind in words: names are those of the algorithms, which are the same in every language. */
const kinds: Record<PairKind, { readonly name: string; readonly about: MessageKey }> = {
  rsa_2048: { name: 'RS256 · RSA 2048', about: 'credentials.pair_rsa_2048' },
  rsa_3072: { name: 'RS256 · RSA 3072', about: 'credentials.pair_rsa_3072' },
  rsa_4096: { name: 'RS256 · RSA 4096', about: 'credentials.pair_rsa_4096' },
  p_256: { name: 'ES256 · P-256', about: 'credentials.pair_p_256' },
  ed25519: { name: 'EdDSA · Ed25519', about: 'credentials.pair_ed25519' },
};

/** What kind of pair to make, and whom it acts for. The public half goes to the server, the private one nowhere. */
export function GenerateForm(props: {
  application: Application;
  onMade: (pair: GeneratedPair, publicKey: PublicKey) => void;
  onClose: () => void;
}) {
  const { application, onMade, onClose } = props;
  const t = useText();
  const [kind, setKind] = useState<PairKind>('rsa_2048');
  const { data: hasEd25519 = false } = useQuery({
    queryKey: ['browser', 'ed25519'],
    queryFn: canMakeEd25519,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { details, setDetails, isComplete, fields } = useDetails(application.type);
  const [isChecked, setChecked] = useState(false);
  const [isMaking, setMaking] = useState(false);
  const [error, setError] = useState<unknown>();
  const add = useAddPublicKey(application.id);
  const choices = pairKinds
    .filter((id) => id !== 'ed25519' || hasEd25519)
    .map((id) => ({ id, ...kinds[id] }));

  const submit = async () => {
    setChecked(true);
    if (!isComplete) return;
    setMaking(true);
    setError(undefined);
    try {
      const pair = await generateKeyPair(kind);
      onMade(pair, await add.mutateAsync({ public_key: pair.publicKey, ...fields }));
    } catch (failure) {
      setError(failure);
      setMaking(false);
    }
  };

  return (
    <FormDialog
      title={t('credentials.generate')}
      size="L"
      submitLabel={t('credentials.generate_submit')}
      isPending={isMaking}
      failure={
        error !== undefined && !isRefused(error, 'name') && !isRefused(error, 'acts_as_user_id')
          ? { title: t('credentials.not_generated'), error }
          : null
      }
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>{t('credentials.generate_about')}</p>
      <Picker
        label={t('credentials.key_kind')}
        items={choices}
        selectedKey={kind}
        onSelectionChange={(chosen) => setKind(chosen as PairKind)}
        UNSAFE_style={{ width: '100%' }}
      >
        {({ name, about }) => (
          <PickerItem textValue={name}>
            <Text slot="label">{name}</Text>
            <Text slot="description">{t(about)}</Text>
          </PickerItem>
        )}
      </Picker>
      <DetailFields
        type={application.type}
        value={details}
        onChange={setDetails}
        suggestion={undefined}
        error={error}
        isChecked={isChecked}
      />
    </FormDialog>
  );
}
