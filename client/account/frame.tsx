// The frame of pages before a workspace is open: the sign of the app and one card.
import { type ReactNode, useEffect } from 'react';

export function Logo({ size = 36 }: { size?: number }) {
  return <img src="/icon.svg" alt="" width={size} height={size} />;
}

export function AuthFrame(props: { title: string; note?: ReactNode; children: ReactNode; foot?: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · Outpost`;
  }, [props.title]);
  return (
    <main className="flex h-full flex-col items-center overflow-y-auto px-4 pt-[14vh] pb-10">
      <div className="w-full max-w-[360px]">
        <div className="flex flex-col items-center text-center">
          <Logo />
          <h1 className="mt-4 text-xl font-[620] tracking-[-0.015em]">{props.title}</h1>
          {props.note ? <p className="mt-1 text-base text-ink-2">{props.note}</p> : null}
        </div>
        <div className="mt-6 rounded-xl bg-surface p-6 shadow-card">{props.children}</div>
        {props.foot ? <div className="mt-4 text-center text-ink-2">{props.foot}</div> : null}
      </div>
    </main>
  );
}
