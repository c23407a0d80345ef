"""From files and collectors to typed rows: what was found, what was read, what was left out and why.

    find_files -> prepare_source -> (open the engine for prepared.readable) -> stage_source -> write_rejects

Every format except Parquet becomes clean UTF-8 CSV in a temporary folder first, so that one way of reading, one way
of counting and one way of refusing holds for all of them.
"""
