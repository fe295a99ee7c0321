// Each test loads the machine as much as it can, and breaks what others would stand on.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
