import { Component, type ReactNode } from 'react';
import type { Failure } from '../../archive/failure';
import { FailureView } from './FailureView';

interface Props {
  /** What is shown: when it changes, it is tried again. */
  readonly shown: string;
  readonly children: ReactNode;
}

interface State {
  readonly failure: Failure | undefined;
  /** What failed to be shown. */
  readonly shown: string | undefined;
}

/** A mistake of ours while rendering is shown like any other failure. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failure: undefined, shown: undefined };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { failure: { kind: 'internal', reason: 'bug', message, stack } };
  }

  static getDerivedStateFromProps({ shown }: Props, state: State): State | null {
    return shown === state.shown ? null : { failure: undefined, shown };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    const retry = () => this.setState({ failure: undefined });
    return (
      <main style={{ padding: 'var(--edge)' }}>
        <FailureView failure={failure} level={1} remedies={{ retry }} />
      </main>
    );
  }
}
