"""The parts of the decision form: values it is shown, fields, and how a part lays them out."""
