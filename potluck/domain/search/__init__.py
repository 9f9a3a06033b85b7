"""What is found by which words, without a database: both engines are fed and asked with this.

`words` makes the four texts that are indexed, `query` reads what was typed, `ranking` says what a
hit is worth, `typos` which word may have been meant.
"""
