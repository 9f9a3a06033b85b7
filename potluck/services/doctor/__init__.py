"""Looks at an installation, says what is wrong and how to mend it, and changes nothing."""
