/** The error of a whole form. Its container is always rendered, so that screen readers announce the text. */
export function FormError({ message }: { message: string | null }) {
  return (
    <p role="alert" className="text-bad empty:hidden">
      {message}
    </p>
  )
}
