"""The processes of Clew as durable workflows: one file per workflow, activities by the service that they call."""
