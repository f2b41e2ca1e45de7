import { Alert, Button, Checkbox, FileInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';

import { ApiError } from '../../../api/api-error';
import { postBytes } from '../../../api/post-bytes';
import type { ModelDetails } from '../../../api/types';
import { navigate } from '../../../router/location';
import { paths } from '../../../router/paths';
import { nameOfFile, type Registration, registrationPath } from './registration';

const EMPTY: Registration = { name: '', classes: '', labels: '', keep: false };

/** A model file, its name, and a new head where one is wanted. */
export function RegistrationForm() {
  const [form, setForm] = useState(EMPTY);
  const [file, setFile] = useState<File | null>(null);
  const [token, setToken] = useState('');
  const { send, isSending, fault } = useRegistration();
  const change = (changes: Partial<Registration>) => setForm((before) => ({ ...before, ...changes }));
  const choose = (chosen: File | null) => {
    setFile(chosen);
    if (chosen && form.name === '') change({ name: nameOfFile(chosen.name) });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) void send({ path: registrationPath(form), bytes: file, token });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FileInput
          label="Model file"
          placeholder="an int8 .tflite file"
          accept=".tflite"
          required
          onChange={choose}
        />
        <TextInput
          label="Name"
          required
          maxLength={64}
          value={form.name}
          onChange={({ currentTarget }) => change({ name: currentTarget.value })}
        />
        <HeadFields form={form} change={change} />
        <TextInput
          label="Admin token"
          description="The server keeps it in the file admin-token of its data folder. This page forgets it."
          type="password"
          autoComplete="off"
          required
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
        />
        {fault && (
          <Alert color="red" title="Not registered" role="alert">
            {fault.message} (<code>{fault.code}</code>)
          </Alert>
        )}
        <Button type="submit" loading={isSending} disabled={!file} style={{ alignSelf: 'start' }}>
          Register
        </Button>
      </Stack>
    </form>
  );
}

interface HeadFieldsProps {
  readonly form: Registration;
  readonly change: (changes: Partial<Registration>) => void;
}

/** What gives the model other classes than its file has. */
const HeadFields = ({ form, change }: HeadFieldsProps) => (
  <>
    <TextInput
      label="Labels of a new head"
      description="Names of the classes that devices will teach it, separated by commas. Empty: the model keeps its head."
      placeholder="on, off, other"
      value={form.labels}
      onChange={({ currentTarget }) => change({ labels: currentTarget.value })}
    />
    <TextInput
      label="Classes of a new head"
      description="2 to 256, where classes need no names."
      inputMode="numeric"
      value={form.classes}
      onChange={({ currentTarget }) => change({ classes: currentTarget.value })}
    />
    <Checkbox
      label="Keep what it knows: the first classes are those of the file, others are added"
      checked={form.keep}
      onChange={({ currentTarget }) => change({ keep: currentTarget.checked })}
    />
  </>
);

/** Sends the form, and goes to the model that comes of it. */
function useRegistration() {
  const [isSending, setSending] = useState(false);
  const [fault, setFault] = useState<ApiError>();
  const send = async (upload: Parameters<typeof postBytes>[0]): Promise<void> => {
    setSending(true);
    setFault(undefined);
    try {
      const { id } = await postBytes<ModelDetails>(upload);
      navigate(paths.model(id));
    } catch (error) {
      setFault(error instanceof ApiError ? error : new ApiError('answer.malformed', String(error), 0));
      setSending(false);
    }
  };
  return { send, isSending, fault };
}
