namespace WaitFor.Testing;

/// <summary>Whether tests write again what they compare with: parts of pages, golden reports, the matrix of faults.
/// <c>WAITFOR_RENEW=1</c> in the environment of a test asks for it; read the difference before it is committed.</summary>
public static class Renewal
{
    /// <summary>True where it is asked for.</summary>
    public static bool IsOn => Environment.GetEnvironmentVariable("WAITFOR_RENEW") == "1";
}
