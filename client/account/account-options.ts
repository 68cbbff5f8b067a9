// What the server offers whoever is not signed in; asked once, and null until it has answered.
import { useEffect, useState } from 'react';
import { type AccountOptions, api } from './api';

export function useAccountOptions(): AccountOptions | null {
  const [options, setOptions] = useState<AccountOptions | null>(null);
  useEffect(() => {
    let gone = false;
    // Without an answer the page is as for most servers, and the server decides.
    api.accountOptions().then(
      (answer) => gone || setOptions(answer),
      () => {},
    );
    return () => {
      gone = true;
    };
  }, []);
  return options;
}
