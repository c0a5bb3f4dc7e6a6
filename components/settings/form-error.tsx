/** What went wrong with a form as a whole. The place stands there always, so that screen readers hear it fill. */
export function FormError({ message }: { message: string | null }) {
  return (
    <p role="alert" className="text-bad empty:hidden">
      {message}
    </p>
  )
}
