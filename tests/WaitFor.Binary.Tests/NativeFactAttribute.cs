using WaitFor.Testing;

namespace WaitFor.Binary.Tests;

/// <summary>A test of the published native binary. Skipped where it was not published; in tests/run it fails there.</summary>
internal sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute() => Skip = Repository.WhyNoGate;
}

/// <summary>As <see cref="NativeFactAttribute"/>, for a table.</summary>
internal sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute() => Skip = Repository.WhyNoGate;
}
