using WaitFor.Testing;

namespace WaitFor.Cluster.Tests;

/// <summary>A test on a real control plane, with the native binary. Skipped where one of them is missing; in tests/run it fails there.</summary>
internal sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = Cluster.WhyNot;
}

/// <summary>As <see cref="ClusterFactAttribute"/>, for a table.</summary>
internal sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = Cluster.WhyNot;
}
