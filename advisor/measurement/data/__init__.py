"""What a data set holds: size, duplicates, missing values, label balance. Free of torch.

Each file format declares `FORMAT`; `inspection.inspect` reads any of them once, in batches.
"""
