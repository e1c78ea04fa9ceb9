import { newId, randomId } from '../../base/ids.ts';
import { refuseFieldErrors } from '../../base/refusal.ts';
import type { Instant } from '../../base/units.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { SigningKeys } from '../../keys/signing-keys.ts';
import { system } from '../../model/event.ts';
import { initialValues, type ValuesOf } from '../../model/fields.ts';
import type { Instance } from '../../model/instance.ts';
import { checkInstanceFields, instanceFieldLines, type instanceFields } from '../../model/instance-fields.ts';
import { handleFrom } from '../../model/instance-handle.ts';
import type { Transaction } from '../../store/engine/database.ts';
import { defaultApi, insertInstance } from '../../store/instances.ts';

/**
 * Makes an instance with the defaults of a new one and its signing keys. The server does it by itself or by its command line:
 * nobody else is its actor.
 * @param given.handle made of the name unless given
 * @param given.url its issuer, byte for byte
 * @param given.isDefault whether it is the one of POSTERN_URL
 * @throws Refusal `validation_failed` for the handle or the name
 * @throws UniqueViolation when the handle, URL or host is taken
 */
export async function makeInstance(
  tx: Transaction,
  signingKeys: SigningKeys,
  now: Instant,
  given: { handle?: string; name: string; url: string; isDefault?: boolean },
): Promise<Instance> {
  const { name, url, handle = handleFrom(name), isDefault = false } = given;
  const fields = { ...initialFields({ url, handle }), handle, name, url, customerId: randomId() };
  refuseFieldErrors(checkInstanceFields({ handle, name }));
  const own = { id: newId(now), host: new URL(url).host, ...fields, createdAt: now };
  const instance: Instance = { ...own, apis: [defaultApi(own)] };
  await insertInstance(tx, instance, isDefault);
  await signingKeys.begin(tx, instance.id);
  await recordAuditEvent(tx, now, {
    instanceId: instance.id,
    type: 'instance.created',
    actor: system,
    ip: null,
    detail: { handle, name, url },
  });
  return instance;
}

function initialFields(
  of: Pick<Instance, 'url' | 'handle'>,
): Omit<ValuesOf<typeof instanceFields>, 'handle' | 'name' | 'url' | 'customerId'> {
  return initialValues(instanceFieldLines, of) as ReturnType<typeof initialFields>;
}
