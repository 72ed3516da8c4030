import { z } from 'zod';
import type { Identifier } from '../../src/lib/call-automation/identifiers.ts';

/** The request bodies of today's API, as in the SDK's `CreateCallRequest` and so on. Unused members are optional. */

const HttpUrl = z.url({ protocol: /^https?$/ });
const Phone = z.looseObject({ value: z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 form') });
const User = z.looseObject({ id: z.string().min(1) });

/** A person, by its members or by the raw id alone. */
const Somebody = z
  .looseObject({
    rawId: z.string().min(1).optional(),
    communicationUser: User.optional(),
    phoneNumber: Phone.optional(),
  })
  .transform(({ rawId = '', ...given }, context): Identifier => {
    if (given.phoneNumber) return { phoneNumber: given.phoneNumber };
    if (given.communicationUser) return { communicationUser: given.communicationUser };
    const phoneNumber = Phone.safeParse({ value: rawId.replace(/^4:/, '') });
    if (rawId.startsWith('4:') && phoneNumber.success) return { phoneNumber: phoneNumber.data };
    if (rawId.startsWith('8:')) return { communicationUser: { id: rawId } };
    context.addIssue('must be a phone number or an ACS user');
    return z.NEVER;
  });

const placing = {
  callbackUri: HttpUrl,
  operationContext: z.string().optional(),
  callIntelligenceOptions: z.looseObject({ cognitiveServicesEndpoint: HttpUrl.optional() }).optional(),
};

export const CreateCall = z.looseObject({
  ...placing,
  targets: z.array(Somebody).min(1),
  sourceCallerIdNumber: Phone.optional(),
  sourceDisplayName: z.string().optional(),
  source: User.optional(),
  teamsAppSource: z.looseObject({ appId: z.guid() }).optional(),
});

export const Connect = z.looseObject({
  ...placing,
  callLocator: z.looseObject({ kind: z.literal('serverCallLocator'), serverCallId: z.string().min(1) }),
});

const PlaySource = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('file'), file: z.looseObject({ uri: HttpUrl }) }),
  z.looseObject({
    kind: z.literal('text'),
    text: z.looseObject({ text: z.string().min(1), voiceName: z.string().min(1) }),
  }),
]);

export const Play = z.looseObject({
  playSources: z.array(PlaySource).length(1),
  playOptions: z.looseObject({ loop: z.boolean().optional() }).optional(),
  operationContext: z.string().optional(),
});

export const AddParticipant = z.looseObject({
  participantToAdd: Somebody,
  sourceCallerIdNumber: Phone.optional(),
  operationContext: z.string().optional(),
  operationCallbackUri: HttpUrl.optional(),
});

export const RemoveParticipant = z.looseObject({
  participantToRemove: Somebody,
  operationContext: z.string().optional(),
});
export const Recognition = z.looseObject({ targetParticipant: Somebody });
