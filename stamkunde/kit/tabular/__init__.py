"""Files of rows, read and written as streams: delimited and blank-separated text, XLSX, JSON lines, vCard, Parquet.

Everything in here knows files and nothing of customers: `guessing.guess_layout` says how a file seems to be written
and how sure it is, `reading.read_rows` yields its rows by a layout, and `writing` makes files a spreadsheet can open
without running what stands in them.
"""
