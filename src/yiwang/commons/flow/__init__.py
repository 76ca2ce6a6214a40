"""Processes: every application, incident, document or project runs as an instance of a BPMN 2.0 model, in one inbox.

Words it owns: ProcessDefinition, ProcessInstance, Task, Stage, Halt. Doors: contracts, queries, commands, registry, engine.
Neighbours: stands on identity (who may see a task), rules (decisions, FEEL); the nets above fill `registry` with their
operations, openers and subjects, and never keep a workflow engine of their own.
"""
