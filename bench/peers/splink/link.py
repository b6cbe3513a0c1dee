"""Splink 5 on the rows that the bench wrote: taxpayers.csv (id,name,uscc,address) and parties.csv (the same columns).

Usage: link.py FOLDER. Writes splink.csv (party,taxpayer,score), the best taxpayer of each party. Splink gets what it offers for names in
general: Jaro-Winkler levels, exact levels with term frequencies, blocking on the code, its core and parts of the name, u by sampling, m by EM.
"""

import sys

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

folder = sys.argv[1]


def read(name: str) -> pd.DataFrame:
    rows = pd.read_csv(f"{folder}/{name}.csv", dtype=str)
    rows["unique_id"] = rows.pop("id")
    rows["stem"] = rows["name"].str.replace(r"(股份有限公司|有限责任公司|有限公司)$", "", regex=True)
    rows["head"] = rows["stem"].str[:5]
    rows["tail"] = rows["stem"].str[-5:]
    rows["middle"] = rows["stem"].str[2:6]
    rows["core"] = rows["uscc"].where(rows["uscc"].str.len() == 18).str[8:17]
    rows["start"] = rows["uscc"].str[:15]
    return rows


rules = [block_on("name"), block_on("core"), block_on("start"), block_on("head"), block_on("tail"), block_on("middle")]
settings = SettingsCreator(
    link_type="link_only",
    blocking_rules_to_generate_predictions=rules,
    comparisons=[
        cl.JaroWinklerAtThresholds("stem", [0.97, 0.93, 0.88]).configure(term_frequency_adjustments=True),
        cl.ExactMatch("core"),
        cl.ExactMatch("start"),
        cl.JaroWinklerAtThresholds("address", [0.95, 0.85]),
    ],
)
database = DuckDBAPI()
linker = Linker([database.register(read(name), dataset_display_name=name) for name in ("taxpayers", "parties")], settings)
linker.training.estimate_probability_two_random_records_match([block_on("core"), block_on("name")], recall=0.6)
linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("core"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("head"))
pairs = linker.inference.predict(threshold_match_probability=0.05).as_pandas_dataframe()
is_party_left = pairs["source_dataset_l"] == "parties"
pairs["party"] = pairs["unique_id_l"].where(is_party_left, pairs["unique_id_r"])
pairs["taxpayer"] = pairs["unique_id_r"].where(is_party_left, pairs["unique_id_l"])
best = pairs.sort_values("match_probability", ascending=False).drop_duplicates("party")
best.rename(columns={"match_probability": "score"})[["party", "taxpayer", "score"]].to_csv(f"{folder}/splink.csv", index=False)
